"""Text as it is read aloud: numbers, times, dates, units, money, abbreviations, and the household's own words."""
