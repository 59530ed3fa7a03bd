"""What can be done with service calls: order one; take one up, say how far it is and how it ended; tidy up."""

from kinline.servicecalls.services.ordering import order_call_back, order_code_call, order_line_test
from kinline.servicecalls.services.placing import Taken, Waiting, finish, take, tell, waiting
from kinline.servicecalls.services.tidying import tidy_up

__all__ = [
    "Taken",
    "Waiting",
    "finish",
    "order_call_back",
    "order_code_call",
    "order_line_test",
    "take",
    "tell",
    "tidy_up",
    "waiting",
]
