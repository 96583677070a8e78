"""The rules of Laurel, pure: facts go in, decisions come out.

Nothing here knows Discord, does I/O, reads the wall clock or throws its own dice. The walk of a message:
``facts.MessagePosted`` → ``service.Leveling.message_posted`` → ``store.LevelingStore.commit`` →
``earning.decide_message`` → ``settle.sync_user_progress`` → ``outcomes.LedgerLine``.
"""
