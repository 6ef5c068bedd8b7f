"""Learners by table (SP-18): brought, looked at with what each row would do, and taken in at once."""
