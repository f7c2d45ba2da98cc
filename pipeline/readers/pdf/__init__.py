"""PDF: characters to lines, lines to blocks and tables, blocks to a Document; one module per step."""
