"""The shape of every kind of document, as JSON Schema built from small words.

The same documents validate what people write, complete it in their editors (``cozygen schema``), give
blueprint templates their types and become the reference page of the spec.
"""
