def next_job():
    with open("job.txt") as stream:
        return stream.read().split()
