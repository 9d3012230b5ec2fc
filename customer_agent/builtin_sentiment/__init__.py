from customer_agent.builtin_sentiment.scorer import BuiltinScorer

__all__ = ["BuiltinScorer"]
