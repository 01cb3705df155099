"""The last link of the chain: a language model behind an OpenAI-compatible endpoint, with tools of ours."""
