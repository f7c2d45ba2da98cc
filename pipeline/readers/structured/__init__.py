"""What Markdown, HTML and Word have in common: items in reading order, made into a Document by one set of rules."""
