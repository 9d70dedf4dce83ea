from parts.work import main

main()
