# How the backups do: in `config show`, and told directly to those who run the bot.

backups-off = Backups are off.
backups-none = There is no backup.
backups-last = The last backup was made { $when } ({ $size }).
backups-failing = ⚠️ Backups fail; the last try was { $tried }.

backups-told-failure = ⚠️ I cannot make backups.
    What it says: `{ $problem }`. What mends it: { $cure }.
    { $last } I try again every hour, and tell you when it works.
backups-told-recovery = ✅ Backups work again. { $last }
