"""How fast the house is, each figure beside its floor, measured in the same run: `make bench`.

A floor is the least that the same result can cost: the same rows in one bulk insert, the same table by raw SQL, a
launch that does nothing but verify. Ours and its floor take turns round by round, so that a busy moment of the
machine meets both. These are benchmarks and no tests: nothing fails for being slow, the table says so.
"""
