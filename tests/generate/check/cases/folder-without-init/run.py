import lib.train

lib.train.main()
