# What whoever keeps a bot running reads of `python bot.py store ...`.

store-help = look after what is stored: check, repair, backup, restore, copy
store-help-description =
    Look after what is stored. No token is needed.
    Each command tells more with --help.
store-help-exit-codes =
    exit codes: 0 all is well; 1 something was found, failed, was refused or was
    stopped; 2 the command or a setting is written wrongly.
store-help-all = show every finding, not only the first 20 of a kind
store-help-store = the store, such as sqlite:///laurel.db or json:///laurel-data, instead of LAUREL_STORE

store-check-help = see whether all is whole and adds up; changes nothing
store-check-help-more =
    Read everything that is stored and see that it is whole, and that every
    member's XP, streak and achievements are what the ledger adds up to.
    Nothing is changed, and the bot may go on meanwhile.
store-check-help-examples =
    examples:
      { $command }
      { $command } --all > findings.txt
      { $command } --store json:///laurel-data
store-repair-help = put right what is not as the ledger adds up to, after saying what
store-repair-help-yes = do it without asking
store-repair-help-dry-run = say what it would change, and stop
store-repair-help-more =
    Say what is not as the ledger adds up to, and put it right once you agree.
    What is there now is saved first. Stop the bot before you agree; to look,
    with --dry-run, it may go on.
store-repair-help-examples =
    examples:
      { $command } --dry-run
      { $command }
      { $command } --yes
store-backup-help = save everything in one compressed file
store-backup-help-target = a new file ending in .gz, or a folder for it; left out: where the bot's own go, usually the folder backups beside the store
store-backup-help-more =
    Save everything as of now in one compressed file, and read it back to see
    that it is whole. The bot may go on meanwhile.
store-backup-help-examples =
    examples:
      { $command }
      { $command } /mnt/usb/
      { $command } before-the-move.db.gz
store-restore-help = put a backup in the place of what is there, which is kept aside
store-restore-help-file = the backup; left out: the backups that there are are listed
store-restore-help-yes = replace what is there; without it you are told what that is, and nothing is done
store-restore-help-more =
    Put a backup in the place of what is there. Stop the bot first. The backup
    is verified before anything is touched, and what it replaces is kept.
    Into a place that holds nothing it goes without --yes.
store-restore-help-examples =
    examples:
      { $command }
      { $command } backups/laurel-20260131T060000Z.db.gz
      { $command } backups/laurel-20260131T060000Z.db.gz --yes
store-copy-help = copy everything into another place, of whatever kind, and prove both equal
store-copy-help-from = the store to copy, such as sqlite:///laurel.db
store-copy-help-to = where to, such as json:///laurel-data: a place that holds nothing yet
store-copy-help-more =
    Copy everything into another place, such as from a database to JSON files or
    back, then read both and prove that they are equal. The source is not
    changed. To move a bot, stop it, copy, set LAUREL_STORE, start it again.
store-copy-help-examples =
    examples:
      { $command } sqlite:///laurel.db json:///laurel-data
      { $command } json:///laurel-data sqlite:////srv/laurel/laurel.db

store-wrong-url = { $name }: { $url } is no place for a store. Write sqlite:///laurel.db or json:///laurel-data for one in the folder
    that you are in, and sqlite:////srv/laurel/laurel.db or json:////srv/laurel/data for one anywhere.
store-wrong-url-near = { $name }: { $url } is no place for a store. Write { $near }
store-in-memory = { $name }: a store in memory is seen by nobody but the bot, and gone when it ends. Name a store that is kept in files, such as sqlite:///laurel.db or json:///laurel-data.
store-missing = There is no store at { $path }, which is where { $name } points.
store-missing-relative = A store without a fourth slash is looked for in the folder that you are in, and so is .env: go to
    the bot's folder, or name the store with its full path.

store-gone = { $path }, which is where { $name } points, is gone, and its log { $log } is still there, which may hold
    what the database does not. Keep the log, and put the database back beside it. If it is lost, move the log
    away and restore a backup: python bot.py store restore lists those that there are.
store-is-folder = { $name }: { $path } is a folder, and no database. For a folder of JSON files write { $near }
store-is-file = { $name }: { $path } is a file, where the folder of JSON files is to be. For a database write { $near }
store-no-folder = { $name }: the folder { $folder } does not exist. Make it, or name another place.
store-in-use = { $path }: a Laurel is running on this store. Stop the bot first, or let the other command end, and say it again
store-say-again = { $problem }, and say it again

store-stage-open = Opening the store
store-stage-files = Checking the files
store-stage-ledger = Reading the ledger
store-stage-others = Reading the other records
store-stage-members = Adding up the ledger of every member
store-stage-days = Checking the sums by day
store-stage-copy = Copying
store-stage-read-source = Reading what was copied
store-stage-read-target = Reading the copy
store-stage-look-again = Looking whether anything came meanwhile
store-stage-backup = Making the backup
store-stage-repair = Putting it right
store-stage-restore = Reading the backup, and what is there
store-stage-line = { $rows ->
    [0] { $stage } ...
    [one] { $stage } (1 row) ...
   *[other] { $stage } ({ $rows } rows) ...
}
store-bar = { $stage } [{ $bar }] { $percent } %
store-bar-left = { $stage } [{ $bar }] { $percent } %, { $time } left
store-bar-unknown = { $stage } ... { $time }

store-size-kb = { $number } kB
store-size-mb = { $number } MB
store-holds = { $members ->
    [one] 1 member
   *[other] { $members } members
} and { $lines ->
    [one] 1 ledger line
   *[other] { $lines } ledger lines
}, the last of { $time } UTC
store-holds-no-lines = { $members ->
    [one] 1 member
   *[other] { $members } members
} and no ledger lines

store-found-file = Damage to the files, perhaps by the disk:
store-found-unfinished = An unfinished copy. Copy again, or use the store that it came from:
store-found-unreadable = What cannot be read:
store-found-order = Ledger lines out of order:
store-found-problem = Records that cannot be right:
store-found-repairable = What can be put right:
store-found-left = What a repair cannot put right:
store-found-difference = What is not as the ledger adds up to:
store-found-more = {"  "}... and { $count } more (--all shows every one)
store-finding = {"  "}{ $where }: { $problem }
store-finding-field = { $where }, { $field }
store-finding-difference = {"  "}{ $where }: { $found }, should be { $expected }
store-finding-warning = { $finding } (a warning)

store-checked =
    Checked { $place }:
      Members:        { $members }
      Other records:  { $documents }
      Ledger lines:   { $lines }
      Kept answers:   { $answers } (so that nothing is paid twice)
store-check-passed = All is well: the files are whole, and every member is what the ledger adds up to.
store-check-errors = { $count ->
    [one] 1 error was found, see above.
   *[other] { $count } errors were found, see above.
}
store-check-repairable = { $errors ->
    [one] It can be put right
   *[other] { $count } of them can be put right
}: see what would change with store repair --dry-run.
store-check-lost = { $errors ->
    [one] A repair does not help
   *[other] For { $count } of them a repair does not help
}: restore a backup; store restore lists those that there are.
store-check-warnings = { $count ->
    [one] 1 warning, and nothing that needs to be mended.
   *[other] { $count } warnings, and nothing that needs to be mended.
}
store-check-stopped = Stopped before the end; nothing was changed.
store-check-failed = The store could not be checked. { $problem }.

store-repair-nothing = Nothing needs to be put right.
store-repair-nothing-left = { $count ->
    [one] Nothing can be put right: 1 error stays as it is
   *[other] Nothing can be put right: { $count } errors stay as they are
}. Restore a backup: store restore lists those that there are.
store-repair-plan = { $count ->
    [one] 1 finding can be put right.
   *[other] { $count } findings can be put right.
}
store-repair-writes = That writes { $members ->
    [0] no member
    [one] 1 member
   *[other] { $members } members
} and { $documents ->
    [0] no other record
    [one] 1 other record
   *[other] { $documents } other records
} anew.
store-repair-sums = The sums by day are made anew from the ledger.
store-repair-some-left = { $count ->
    [one] 1 error stays as it is: the ledger does not tell what is right. A backup from before it may.
   *[other] { $count } errors stay as they are: the ledger does not tell what is right. A backup from before them may.
}
store-repair-not-done = Nothing was changed.
store-repair-question = Put this right? What is there now is saved first. The bot must not run. [y/N]
store-answer-yes = y yes
store-repair-refused = Nothing was changed, for nobody is here to ask. To put this right, say it again with --yes.
store-repair-backup = What was there is saved in { $path }
store-repaired = Put right: { $place } is as the ledger adds up to.
store-repair-stopped = Stopped; nothing was changed.
store-repair-stopped-late = Stopped. What was put right by then is right by itself: repair again for the rest.
store-repair-failed = Not repaired, or not all of it. { $problem }.

store-backed-up = Saved { $place } as of { $time } UTC in { $path } ({ $size }), read back and whole.
store-backup-name = TARGET: { $target } ends neither like a backup, in .gz, nor is it a folder. For a new folder write { $target }/
store-backup-stopped = Stopped: no backup was made, and nothing of it is left.
store-backup-stopped-late = Stopped, but it was done by then: the backup is in { $path }
store-backup-failed = No backup was made. { $problem }.

store-restore-no-file = There is no file { $file }.
store-restore-folder = { $file } is a folder. Name the file of a backup.
store-restore-files = { $file } is a folder of JSON files. Save it in one file first, then restore that one:
      python bot.py store backup old.gz --store json:///{ $file }
      python bot.py store restore old.gz --yes
store-restore-itself = FILE: { $file } is the store itself, and no backup of it. Name a backup; store restore lists those that there are.
store-restore-none = No backup of this store is in the folder { $folder }.
store-restore-backups = { $count ->
    [one] One backup is in the folder { $folder }:
   *[other] { $count } backups are in the folder { $folder }; the newest:
}
store-restore-backup = {"  "}{ $path } (of { $time } UTC, { $size })
store-restore-others = { $count ->
    [one] One more is there that bears another store's name: { $path }
   *[other] { $count } more are there that bear other stores' names, such as { $path }
}
store-restore-holds = { $place } holds { $holds }.
store-restore-held = { $place } held { $holds }.
store-restore-unreadable = { $place } holds something that cannot be read: { $problem }.
store-restore-was-unreadable = { $place } held something that could not be read: { $problem }.
store-restore-offers = The backup holds { $holds }.
store-restore-lacks = { $count ->
    [one] 1 ledger line was written after it.
   *[other] { $count } ledger lines were written after it.
}
store-restore-refused = Nothing was changed. To put the backup in its place, say it again with --yes; what is there will be kept aside.
store-restored = Restored { $file } to { $place }, which holds { $holds } now.
store-restore-aside = What was there is kept in { $path }. Delete it once you are sure that you do not miss it.
store-restore-next = You can start the bot: it goes on from there, and tells nothing again.
store-restore-stopped = Stopped: nothing was restored, and what was there is as it was.
store-restore-stopped-late = Stopped, but it was done by then: the backup is in place, and what was there is kept beside it.
store-restore-failed = Nothing was restored, and what was there is as it was. { $problem }.

store-copied =
    Copied { $source } to { $target }. Both were read again, and are equal:
      Members:        { $members }
      Other records:  { $documents }
      Ledger lines:   { $lines } (the last is number { $seq })
      Kept answers:   { $answers } (so that nothing is paid twice)
      XP of members:  { $member_xp }
      XP of ledger:   { $ledger_xp }
      Ledger hash:    { $ledger_hash }
store-copy-next = To use the copy, set LAUREL_STORE={ $target } and start the bot. What { $source } gets from now on is not in it.
store-copy-went-on = { $source } has gone on meanwhile: { $count ->
    [one] 1 ledger line is
   *[other] { $count } ledger lines are
} not in the copy. To move the bot, stop it first, and copy again to a place that holds nothing.
store-copy-same = FROM and TO are the same place. Name another one for the copy.
store-copy-stopped = Stopped; { $source } is as it was. Unless it was proven by then, the copy in { $target } cannot be opened: copy again, which begins anew, or delete it.
store-copy-failed = Not copied. { $problem }.
store-copy-failed-at = Not copied. { $name }: { $problem }.
