"""How a notebook comes to be run: the data taken in, kernels, workers, jobs, signals."""
