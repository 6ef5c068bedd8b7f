"""What the product was asked for, each sentence with its id, and the tests that show it. `make requirements`."""
