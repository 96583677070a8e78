# What all replies share: times, names, buttons.

ui-footer = Laurel
ui-nobody = someone
ui-former-member = former member
ui-secret-achievement = a secret one
ui-no-attachments = I may not attach files here, so there is no picture. A moderator can allow me that.

ui-seconds = { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}
ui-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
ui-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
ui-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
ui-kilobytes = { $kilobytes } kB
ui-megabytes = { $megabytes } MB
ui-gigabytes = { $gigabytes } GB

ui-until = { $relative } ({ $duration })

ui-day = { $weekday ->
    [0] Mon
    [1] Tue
    [2] Wed
    [3] Thu
    [4] Fri
    [5] Sat
   *[6] Sun
} { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}

ui-weekday = { $weekday ->
    [0] Mon
    [1] Tue
    [2] Wed
    [3] Thu
    [4] Fri
    [5] Sat
   *[6] Sun
}
ui-day-of-month = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}

ui-previous = Previous
ui-next = Next
ui-direct-answer = The answer to `{ $command }` is yours alone: I have sent it to you directly.
ui-no-direct-answer = The answer to `{ $command }` is yours alone, and you take no direct messages from me. Use `/{ $command }`: nobody else sees what it says.
ui-not-your-pages = These buttons belong to whoever asked. Use `{ $command }` for your own.

error-bot-target = { $name } is a bot, and bots earn nothing here. Name a person instead.
