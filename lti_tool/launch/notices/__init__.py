"""Notices: what a platform tells us without anybody launching. (Platform Notification Service 1.0; lti-rules 1.15.)"""
