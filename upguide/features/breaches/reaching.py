"""How somebody is reached about a breach, as by every job (B3)."""

from upguide.privacy.reaching import Reach, reach

__all__ = ["Reach", "reach"]
