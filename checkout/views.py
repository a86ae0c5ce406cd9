"""From the basket to the order: details, delivery and payment, a last look, thank you."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from http import HTTPStatus

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, RedirectView, TemplateView
from oscar.core.loading import get_class

from checkout.address.formats import address_lines
from checkout.address.models import UserAddress
from checkout.basket.middleware import basket_forget_cookie
from checkout.forms import (
    BillingAddressForm,
    DeliveryForm,
    GuestBillingAddressForm,
    GuestShippingAddressForm,
    PaymentForm,
    ShippingAddressForm,
)
from checkout.metrics import CHECKOUT_STEPS
from checkout.order.models import Order
from checkout.order.services import (
    OrderRefusedError,
    Submission,
    order_of_basket,
    order_place,
)
from checkout.order.utils import OutOfStockError
from checkout.pages import PrivatePageMixin
from checkout.payment.methods import METHODS
from checkout.progress import (
    CheckoutProgress,
    address_values,
    basket_id_from_token,
    basket_token,
    progress_clear,
    progress_load,
    progress_save,
)
from checkout.summaries import basket_summary, order_summary
from foundation.core.context import shop_context_for_request
from foundation.core.identifiers import id_parse

PLACED = "checkout_order_id"


class IndexView(RedirectView):
    """The way in: straight to the details; logging in is offered there, not asked for."""

    pattern_name = "checkout:shipping-address"
    query_string = True


class StepMixin(PrivatePageMixin):
    """A step that can be looked at only with a basket that can be ordered and what came before."""

    step = 0
    needs: tuple[tuple[str, str], ...] = ()
    """Pairs: a question to the progress that must hold, and the step that makes it so."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.basket.is_empty:
            return redirect("basket:summary")
        if not request.basket.can_be_ordered:
            messages.warning(
                request,
                _(
                    "Something in your basket can't be ordered as it is. Please have a look."
                ),
            )
            return redirect("basket:summary")
        return self.missing_step() or super().get(request, *args, **kwargs)

    @cached_property
    def progress(self) -> CheckoutProgress:
        return progress_load(self.request.session)

    @cached_property
    def with_delivery(self) -> bool:
        """Whether something in the basket must be delivered; also if it is empty by now."""
        basket = self.request.basket_without_offers
        return not basket.all_lines() or basket.is_shipping_required()

    def missing_step(self) -> HttpResponse | None:
        for name, step in self.needs:
            if not getattr(self.progress, name)(with_delivery=self.with_delivery):
                return redirect(step)
        return None

    def methods(self):
        """The ways of delivery to the address given."""
        return get_class("shipping.repository", "Repository")().get_shipping_methods(
            basket=self.request.basket, shipping_addr=None
        )

    @property
    def shipping_code(self) -> str:
        """Of the method that was chosen, empty before."""
        return self.progress.shipping_code

    def method(self):
        """Return the method that was chosen; ``None`` before, and without delivery."""
        if not self.with_delivery:
            return None
        chosen = self.shipping_code
        return next((each for each in self.methods() if each.code == chosen), None)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **{
                "steps": steps(self.step, with_delivery=self.with_delivery),
                "with_delivery": self.with_delivery,
                "summary": basket_summary(
                    basket=self.request.basket, method=self.method()
                ),
            }
            | kwargs
        )


def steps(current: int, *, with_delivery: bool) -> list[dict[str, str]]:
    second = _("Delivery and payment") if with_delivery else _("Payment")
    labels = (
        (_("Your details"), "checkout:shipping-address"),
        (second, "checkout:shipping-method"),
        (_("Check and order"), "checkout:preview"),
    )
    states = {True: "done", False: "next"}
    return [
        {
            "label": label,
            "url": reverse(name),
            "state": "current" if number == current else states[number < current],
        }
        for number, (label, name) in enumerate(labels)
    ]


class ShippingAddressView(StepMixin, FormView):
    """Who orders: e-mail and delivery address on one page.

    Without delivery the address is that of the invoice.
    """

    template_name = "oscar/checkout/shipping_address.html"
    step = 0

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK and not self.has_details:
            CHECKOUT_STEPS.labels("started").inc()
        return response

    @property
    def has_details(self) -> bool:
        return self.progress.has_details(with_delivery=self.with_delivery)

    def get_form_class(self):
        is_guest = not self.request.user.is_authenticated
        if self.with_delivery:
            return GuestShippingAddressForm if is_guest else ShippingAddressForm
        return GuestBillingAddressForm if is_guest else BillingAddressForm

    def get_initial(self):
        shipping, billing = (
            self.progress.shipping_address,
            self.progress.billing_values(),
        )
        known = (shipping or billing) if self.with_delivery else billing
        values = dict(known or {})
        values["email"] = self.progress.email
        if "country_id" in values:
            values["country"] = values.pop("country_id")
        user = self.request.user
        if user.is_authenticated and not known:
            values |= {"first_name": user.first_name, "last_name": user.last_name}
        return values

    def addresses(self) -> QuerySet[UserAddress]:
        """The person's addresses that can be chosen, the usual one first."""
        addresses = UserAddress.objects.filter(user=self.request.user)
        if not self.with_delivery:
            addresses = addresses.order_by("-is_default_for_billing", "pk")
        else:
            addresses = addresses.filter(country__is_shipping_country=True).order_by(
                "-is_default_for_shipping", "pk"
            )
        return addresses.select_related("country")

    def get_context_data(self, **kwargs):
        is_known = self.request.user.is_authenticated
        addresses = list(self.addresses()) if is_known else []
        return super().get_context_data(addresses=addresses, **kwargs)

    def post(self, request, *args, **kwargs):
        if "address_id" in request.POST and request.user.is_authenticated:
            return self.choose(id_parse(request.POST["address_id"]))
        form = self.get_form()
        if form.is_country_change:
            return self.render_to_response(
                self.get_context_data(form=form.for_other_country())
            )
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def choose(self, pk: int | None) -> HttpResponse:
        address = self.addresses().filter(pk=pk).first()
        if address is None:
            messages.error(self.request, _("Please choose one of your addresses."))
            return redirect("checkout:shipping-address")
        return self.save(address)

    def form_valid(self, form):
        return self.save(form.instance, email=form.cleaned_data.get("email", ""))

    def save(self, address, **changes: str) -> HttpResponse:
        values = address_values(address)
        if self.with_delivery:
            progress_save(self.request.session, shipping_address=values, **changes)
        else:
            progress_save(
                self.request.session,
                billing_address=values,
                billing_same=False,
                **changes,
            )
        CHECKOUT_STEPS.labels("details").inc()
        return redirect("checkout:shipping-method")


class ShippingMethodView(StepMixin, FormView):
    """How it is sent and paid, and where the invoice goes; without delivery only how it is paid."""

    template_name = "oscar/checkout/shipping_methods.html"
    step = 1
    needs = (("has_details", "checkout:shipping-address"),)

    def get_form_class(self):
        return DeliveryForm if self.with_delivery else PaymentForm

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        if self.with_delivery:
            kwargs["methods"] = self.usual_methods()
        return kwargs

    def usual_methods(self):
        """Before offers on delivery: enough to know which there are, and without the basket."""
        repository = get_class("shipping.repository", "Repository")()
        return repository.get_available_shipping_methods(basket=None)

    @property
    def shipping_code(self) -> str:
        """Of the method that the form shows; ``?shipping_code=`` asks what another one costs."""
        asked = self.request.POST or self.request.GET
        known = asked.get("shipping_code") or self.progress.shipping_code
        return known or self.usual_methods()[0].code

    def get_initial(self):
        progress = self.progress
        return {
            "shipping_code": self.shipping_code,
            "payment_code": progress.payment_code or next(iter(METHODS)),
            "billing_same": progress.billing_same,
        }

    def billing_form(self, data=None) -> BillingAddressForm:
        initial = dict(self.progress.billing_address or {})
        shipping = self.progress.shipping_address or {}
        initial["country"] = initial.pop("country_id", shipping.get("country_id"))
        return BillingAddressForm(data, prefix="billing", initial=initial)

    def get_context_data(self, **kwargs):
        form = kwargs.setdefault("form", self.get_form())
        if self.with_delivery:
            kwargs.setdefault("billing_form", self.billing_form())
            kwargs["methods"] = self.methods_to_choose(form)
        return super().get_context_data(
            currency=self.request.strategy.context.currency,
            payments=[
                {"method": each, "is_chosen": each.code == form["payment_code"].value()}
                for each in METHODS.values()
            ],
            **kwargs,
        )

    def methods_to_choose(self, form: DeliveryForm) -> list[dict]:
        basket, code = self.request.basket, str(form["shipping_code"].value() or "")
        return [
            {
                "method": each,
                "charge": each.calculate(basket),
                "is_chosen": each.code == code,
            }
            for each in self.methods()
        ]

    def post(self, request, *args, **kwargs):
        if not self.with_delivery:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        same = "billing_same" in request.POST
        billing_form = self.billing_form(None if same else request.POST)
        if not same and billing_form.is_country_change:
            return self.render_to_response(
                self.get_context_data(
                    form=form, billing_form=billing_form.for_other_country()
                )
            )
        if not form.is_valid() or not (same or billing_form.is_valid()):
            context = self.get_context_data(form=form, billing_form=billing_form)
            return self.render_to_response(context)
        changes = form.cleaned_data | {"billing_same": same}
        if not same:
            changes["billing_address"] = address_values(billing_form.instance)
        return self.save(changes)

    def form_valid(self, form):
        return self.save(form.cleaned_data)

    def save(self, changes: dict) -> HttpResponse:
        progress_save(self.request.session, **changes)
        CHECKOUT_STEPS.labels("delivery").inc()
        return redirect("checkout:preview")


class PaymentDetailsView(StepMixin, TemplateView):
    """The last look; posting it places the order."""

    template_name = "oscar/checkout/preview.html"
    step = 2
    needs = (
        ("has_details", "checkout:shipping-address"),
        ("has_delivery", "checkout:shipping-method"),
    )
    preview = True

    def get_context_data(self, **kwargs):
        progress = self.progress
        return super().get_context_data(
            **{
                "email": progress.email or self.request.user.email,
                "shipping_lines": address_lines(progress.build_shipping_address()),
                "billing_lines": address_lines(progress.build_billing_address()),
                "billing_same": progress.billing_same and self.with_delivery,
                "method": self.method(),
                "payment": METHODS.get(progress.payment_code),
                "basket_token": basket_token(
                    self.request.session, self.request.basket.pk
                ),
            }
            | kwargs
        )

    def post(self, request, *args, **kwargs):
        progress = self.progress  # the session as it was before an earlier submit ends
        basket_id = basket_id_from_token(
            request.session, request.POST.get("basket", "")
        )
        total = _total_parse(request.POST.get("total", ""))
        if basket_id is None or total is None:
            return redirect("checkout:preview")
        # Whether a delivery is missing is seen behind the lock, where the basket holds still.
        if not (
            progress.has_details(with_delivery=False)
            and progress.has_delivery(with_delivery=False)
        ):
            placed = order_of_basket(basket_id)
            return self.thank(placed) if placed else redirect("checkout:preview")
        try:
            order = order_place(
                basket_id=basket_id,
                context=shop_context_for_request(request),
                submission=Submission(
                    user=request.user,
                    email=progress.email,
                    shipping_address=progress.build_shipping_address(),
                    billing_address=progress.build_billing_address(),
                    shipping_code=progress.shipping_code,
                    payment_code=progress.payment_code,
                    total=total,
                ),
            )
        except (OrderRefusedError, OutOfStockError) as error:
            messages.error(request, str(error))
            return redirect("checkout:preview")
        return self.thank(order)

    def thank(self, order: Order) -> HttpResponse:
        progress_clear(self.request.session)
        self.request.session[PLACED] = order.pk
        basket_forget_cookie(self.request)
        return redirect("checkout:thank-you")


def _total_parse(text: str) -> Decimal | None:
    """Return the sum in ``text``, ``None`` if it is none: comparing with "sNaN" raises."""
    try:
        total = Decimal(text)
    except InvalidOperation:
        return None
    return total if total.is_finite() else None


class ThankYouView(PrivatePageMixin, TemplateView):
    """The order this browser has just placed."""

    template_name = "oscar/checkout/thank_you.html"

    def get(self, request, *args, **kwargs):
        orders = Order.objects.select_related("shipping_address", "user")
        pk = request.session.get(PLACED)
        order = orders.filter(pk=pk).first() if pk else None
        if order is None:
            return redirect("home")
        context = self.get_context_data(
            order=order,
            summary=order_summary(
                order=order, tax_mode=request.strategy.context.tax_mode
            ),
            shipping_lines=address_lines(order.shipping_address),
            status_url=reverse(
                "customer:anon-order",
                kwargs={
                    "order_number": order.number,
                    "hash": order.verification_hash(),
                },
            ),
        )
        return self.render_to_response(context)
