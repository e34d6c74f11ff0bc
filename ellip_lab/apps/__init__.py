"""Room `apps`: applications of their own that the Lab opens in a tab, each a data file."""
