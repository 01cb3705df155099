"""Recognition with sherpa-onnx: models of many makers, told apart by the files in their folders."""
