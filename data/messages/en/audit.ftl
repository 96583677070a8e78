# `audit`: what those who manage a server did, on pages and in a channel.

command-audit = Shows what those who manage this server did.
command-audit-member = Only what was done to this member
command-audit-kind = Only xp (given or taken by hand), rules (settings) or roles (syncs)
command-audit-by = Only what this person did
command-audit-page = Which page

audit-title = Audit
audit-empty = Nothing was done by hand here yet.
audit-empty-filtered = Nothing like that was done here.
audit-filter-member = about { $member }
audit-filter-by = by { $actor }
audit-filter-topic = { $topic ->
    [xp] XP by hand
    [roles] roles
   *[rules] rules
}
audit-footer = Page { $page } · the newest first

audit-entry = { $when } · { $what }
audit-undone = { $entry } · *taken back*
audit-xp = { $mode ->
    [give] { $actor } gave { $member } { $xp } XP
    [take] { $actor } took { $xp } XP from { $member }
    [set] { $actor } set the XP of { $member } to { $total }
    [reset] { $actor } reset the XP of { $member }
   *[undo] { $actor } took back a change of { $member }
}: { $before } → { $after } XP
audit-sync-started = { $actor } began to put the roles of { $members ->
    [one] { $members } member
   *[other] { $members } members
} right
audit-sync-ended = The sync of roles of { $actor } is done: { $changed } changed, { $right } were right{ $failed ->
    [0] {""}
   *[other] , { $failed } could not be put right
}
audit-sync-stopped = { $actor } had a sync of roles that was stopped: { $changed } changed, { $right } were right{ $failed ->
    [0] {""}
   *[other] , { $failed } could not be put right
}
audit-rules = { $actor } changed { $changes }
audit-rule = **{ $rule }**: { $old } → { $new }
audit-rule-list = **{ $rule }**: { $changes }
audit-rule-added = + { $entry }
audit-rule-removed = − { $entry }
audit-rule-more = { $count ->
    [one] { $count } more
   *[other] { $count } more
}
audit-list = { $first }, { $next }
audit-reason = { $entry }
    -# { $reason }
