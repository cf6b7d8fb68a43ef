"""How a person proves who they are when the charter is signed; each method ends in one `Proof` (ADR 8).

A new method is a module here, its name in `charter.enums.SignatureMethod` and its words in `wording`.
`charter.operations.signing` turns any proof into a signature by one path.
"""

from charter.methods.proof import Proof
from charter.methods.wording import honesty, label, leaves_open, proof_rows

__all__ = ["Proof", "honesty", "label", "leaves_open", "proof_rows"]
