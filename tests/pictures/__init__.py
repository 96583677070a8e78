"""What is drawn: text in any script, themes, cards, boards and charts, and the process that draws."""
