# What whoever runs the bot reads on standard error.

process-help = Laurel, a leveling bot for Discord. Without a command it runs the bot.
process-help-check = say whether the bot could start, and stop
process-help-commands = commands

process-no-token = There is no token, so I cannot log in.
    1. Open https://discord.com/developers/applications, choose your application (or make one), then Bot -> Reset Token.
    2. Copy .env.example to .env and put the token after DISCORD_TOKEN=
    3. Start me again.
    To try everything without a token, run me in a terminal (make run in a copy of the repository).
process-bad-token = Discord does not accept the token in DISCORD_TOKEN. Make a new one in the developer portal
    (https://discord.com/developers/applications: your application -> Bot -> Reset Token) and put it into .env.
process-missing-intents = Discord does not give me the privileged intents that I need. Switch on "Server Members Intent"
    and "Message Content Intent" in the developer portal
    (https://discord.com/developers/applications: your application -> Bot -> Privileged Gateway Intents),
    save, and start me again.
process-no-network = I cannot reach Discord: { $problem }. Check the network, a firewall or a proxy, and start me again.
process-discord-refused = Discord refused the connection: { $problem }. If https://discordstatus.com reports no trouble, look at the application in the developer portal.
process-store = The storage cannot be used: { $problem }
    Where it is, LAUREL_STORE says.
process-content = The bundled content is broken: { $problem }
process-setting = { $name }: { $problem }
process-setting-value = { $name }: { $value } cannot be used. Write { $problem }
process-settings-wrong = { $count ->
    [one] One setting is wrong. .env.example shows how they are written.
   *[other] { $count } settings are wrong. .env.example shows how they are written.
}
process-env-not-utf8 = .env is not written in UTF-8, so I cannot read it. Save it as UTF-8 and start me again:
    in an editor by "Save as", encoding UTF-8; in PowerShell with Set-Content -Encoding utf8.
process-env-unreadable = .env cannot be read: { $problem }. Let the account that I run under read it, or take it away.
process-backup-hours = a whole number of hours from 1 to 168, or 0 for no backups
process-pictures = on or off
process-log-level = one of DEBUG, INFO, WARNING, ERROR or CRITICAL
process-prefix = 1 to 5 visible characters without spaces
process-guild-id = the id of a server: digits alone (Discord: developer mode on, right click on the server, Copy Server ID)
process-discord-api = the address of a Discord on this machine, such as http://127.0.0.1:8080, and nothing behind it; leave it empty for the real Discord

process-check-settings = settings: all right
process-check-no-token = token: missing; without it I cannot log in (DISCORD_TOKEN in .env)
process-check-token = token: given (Discord is not asked)
process-check-content = content: { $texts } texts and { $achievements } achievements
process-check-store-new = store: { $place } is not there yet; the first start makes it
process-check-store = store: { $place } opens
process-check-backups = { $hours ->
    [one] backups: every hour, in { $folder }
   *[other] backups: every { $hours } hours, in { $folder }
}
process-check-no-backups = backups: off
process-check-passed = All right.
process-check-failed = Not all right: see above.
