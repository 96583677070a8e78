# Boards that keep themselves current.

command-board = Shows which board of this server keeps itself current.
command-board-pin = Sends and pins a board that keeps itself current, in place of the one before.
command-board-pin-channel = Where it goes; here if left out
command-board-pin-board = What counts: xp (all there is), week or month (XP of that time), streak (days in a row)
command-board-pin-show = As text, or as a picture
command-board-unpin = Takes away the board that keeps itself current.

board-pinned = Here it is: { $link }
    It is edited when something has changed, once a minute at most. `board unpin` takes it away.
    { $pinning ->
        [pinned] It is pinned, too.
        [forbidden] ⚠️ I may not pin it: give me Pin Messages there and say this again, or pin it yourself.
        [full] ⚠️ I could not pin it: there are as many pins as there can be. Take one away, and pin it yourself.
       *[failed] ⚠️ I could not pin it, because Discord did not take it. You can pin it yourself.
    }
board-kept = This board keeps itself current: { $link }
board-none = No board keeps itself current here. `board pin` sends one.
board-unpinned = The board is taken away.
board-no-place = No board can stand here. Name a text channel or a thread.
