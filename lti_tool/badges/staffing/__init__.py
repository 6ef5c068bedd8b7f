"""Who may do what with an issuer: owners, editors and awarders, given or invited (decision 7)."""
