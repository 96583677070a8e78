"""Drawing: shapes, backgrounds, avatars, cards, boards and charts."""
