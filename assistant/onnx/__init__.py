"""Networks as files, read and written without the package ``onnx``, which would be 20 MB for a few fields."""
