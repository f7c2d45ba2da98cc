"""A language model's second opinion on records, asked only where the user names a server.

It answers with values and quotes; what does not stand in the lines that it was shown is refused. See docs/llm.md.
"""

from pipeline.opinion.asking import Asker
from pipeline.opinion.opinions import Opinion, WithOpinions, with_opinions
from pipeline.opinion.weights import OpinionCounts, OpinionWeights, weights_of

__all__ = ["Asker", "Opinion", "OpinionCounts", "OpinionWeights", "WithOpinions", "weights_of", "with_opinions"]
