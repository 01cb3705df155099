"""Trained understanding: intent, slots and out-of-scope by embeddings and n-grams, on ONNX Runtime and numpy."""
