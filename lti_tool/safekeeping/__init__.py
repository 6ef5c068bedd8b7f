"""Safekeeping: a backup of everything in one file while the tool runs, its way back, and the move to PostgreSQL.

Rows leave a database in one portable form and enter the other in it, so a backup of either can be restored on either,
and a move is a backup whose file nobody needs. Why so: decision 51.
"""
