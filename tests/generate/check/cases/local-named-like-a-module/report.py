TITLE = "losses"
