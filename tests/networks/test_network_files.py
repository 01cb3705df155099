"""Networks written and read by our own code, in the eyes of the libraries that define the formats."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from assistant.asr.moonshine.files import DECODER, ENCODER, model_files
from assistant.onnx.build import MICROSOFT, NetworkBuilder
from assistant.onnx.ortfile import OrtFile


def test_a_network_that_was_built_computes_what_was_meant() -> None:
    builder = NetworkBuilder()
    x = builder.input("x", "float32", [1, "n", 4])
    product = builder.node("MatMul", [x, builder.weight("w", np.eye(4, dtype=np.float32) * 3)], ["product"])
    turned = builder.node("Transpose", [product], ["turned"], perm=[0, 2, 1])
    builder.node("QuickGelu", [turned], ["y"], MICROSOFT, alpha=2.0)
    builder.output("y", "float32", [1, 4, "n"])
    session = onnxruntime.InferenceSession(builder.model())
    given = np.arange(8, dtype=np.float32).reshape(1, 2, 4)
    wanted = 3 * given.transpose(0, 2, 1)
    wanted /= 1 + np.exp(-2 * wanted)
    assert np.allclose(session.run(None, {"x": given})[0], wanted, rtol=1e-5)


def test_the_library_of_the_format_reads_it() -> None:
    onnx = pytest.importorskip("onnx")
    builder = NetworkBuilder()
    x = builder.input("x", "int64", ["n"])
    builder.node("Gather", [builder.weight("table", np.arange(6, dtype=np.int8)), x], ["y"], axis=0)
    builder.output("y", "int8", ["n"])
    model = onnx.load_from_string(builder.model())
    onnx.checker.check_model(model, full_check=True)
    assert onnx.numpy_helper.to_array(model.graph.initializer[0]).tolist() == [0, 1, 2, 3, 4, 5]


def test_products_are_found_in_nested_graphs() -> None:
    file = OrtFile(bytearray(model_files()[DECODER].read_bytes()))
    product = file.products["/model/decoder/layers.3/encoder_attn/v_proj/MatMul_output_0"]
    assert file.weight(product.matrix).shape == (288, 288) and file.weight(product.matrix).dtype == np.uint8
    assert file.weight(product.scale).shape == () and 0 < file.weight(product.scale) < 1


def test_signing_shifts_matrices_and_their_zeros() -> None:
    content = model_files()[ENCODER].read_bytes()
    before, after = OrtFile(bytearray(content)), OrtFile(bytearray(content))
    after.sign()
    after.sign()
    for product in before.products.values():
        for name in (product.matrix, product.zero):
            assert after.weight(name).dtype == np.int8
            assert np.array_equal(after.weight(name).astype(int) + 128, before.weight(name))
        assert after.weight(product.scale) == before.weight(product.scale)


@pytest.mark.parametrize("content", [b"", b"nothing", bytes(64), b"\xff" * 200])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a file of ONNX Runtime"):
        OrtFile(bytearray(content))
