"""Deep linking: a teacher picks what a link in the course opens. (LTI Deep Linking 2.0.)"""
