"""From words to an answer: the conversation, the fallback chain, the router."""
