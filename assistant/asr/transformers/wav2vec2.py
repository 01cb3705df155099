"""Wav2Vec2 with a layer for connectionist temporal classification: letters, a delimiter of words, a blank."""

from __future__ import annotations

from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

from assistant.asr.constrained.pieces import Pieces
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.ctc import CtcSearcher
from assistant.asr.transformers.files import ModelFolder, read_json
from assistant.asr.transformers.load import load
from assistant.asr.transformers.tokens import plain
from assistant.errors import ModelError

VOCABULARY, TOKENIZER = "vocab.json", "tokenizer_config.json"
DELIMITER = "|"
"""Where the tokenizer's settings name no other."""


def build(folder: ModelFolder, config: TransformersConfig) -> CtcSearcher:
    """A searcher of the folder's model.

    Raises:
        ModelError: the folder's files do not make a whole Wav2Vec2 with letters.
    """
    model = load(Wav2Vec2ForCTC, folder, config)
    features = Wav2Vec2FeatureExtractor.from_pretrained(folder.path, local_files_only=True)
    pieces = letters(folder, model.config.vocab_size, model.config.pad_token_id, config.language)
    return CtcSearcher(model, features, pieces)


def letters(folder: ModelFolder, size: int, blank: int, language: str = "en") -> Pieces:
    """The text of each output of the network; that of the blank ends a text.

    Raises:
        ModelError: the vocabulary is missing, damaged, or of another model.
    """
    vocabulary = read_json(folder.path / VOCABULARY)
    settings = read_json(folder.path / TOKENIZER) if (folder.path / TOKENIZER).is_file() else {}
    delimiter = settings.get("word_delimiter_token") or DELIMITER
    names = {token: name for name, token in vocabulary.items() if isinstance(token, int)}
    if len(names) != len(vocabulary) or not set(names) <= set(range(size)) or blank not in names:
        raise ModelError(
            f"its {len(vocabulary)} letters are not those of a network with {size} outputs",
            where=str(folder.path / VOCABULARY), mend="take the model's own file",
        )
    text = {token: " " if name == delimiter else name for token, name in names.items()}
    # Special tokens ("<pad>", "[UNK]") are longer than a letter.
    pieces = tuple(text.get(token, "") for token in range(size))
    english = language.partition("-")[0] == "en"
    return Pieces(tuple(plain(piece, english) if len(piece) == 1 else "" for piece in pieces), blank)
