"""Sound: frames, files, devices, resampling and the front end."""
