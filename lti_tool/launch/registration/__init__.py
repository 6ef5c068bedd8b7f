"""Dynamic registration: an LMS connects itself with one invitation. (LTI Dynamic Registration 1.0.)"""
