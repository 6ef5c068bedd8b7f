"""From every release to this one: databases as they were, with what people had put into them (decision 58)."""
