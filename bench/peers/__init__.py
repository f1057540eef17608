"""Workers of other queues, run by their own interpreters below .bench/."""
