"""A day of a university in minutes: people work, and whatever can go away goes away while they do.

`university` is what runs, `people` who work there, `troubles` what happens to them, `ledger` what everybody was told,
`audit` what stands at the end.
"""
