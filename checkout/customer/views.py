"""The account: getting in, orders, addresses, wishlists, and getting out for good."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login as auth_login
from django.contrib.auth import logout as auth_logout
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import (
    CreateView,
    DeleteView,
    FormView,
    ListView,
    RedirectView,
    TemplateView,
    UpdateView,
    View,
)

from catalogue.options import choices_as_typed
from checkout.address.formats import address_lines
from checkout.address.forms import UserAddressForm
from checkout.address.models import UserAddress
from checkout.basket.services import BasketError, basket_add
from checkout.customer.forms import (
    ChangeEmailForm,
    ConfirmPasswordForm,
    EmailAuthenticationForm,
    EmailUserCreationForm,
    ProfileForm,
)
from checkout.customer.services import (
    LinkError,
    account_delete,
    account_mail_enqueue,
    account_mail_request,
    email_change,
    email_change_request,
    email_of_change_token,
    password_choose,
)
from checkout.order.models import Line, Order
from checkout.order.numbers import order_number_normalise
from checkout.pages import AccountPageMixin, PrivatePageMixin
from checkout.summaries import order_summary
from foundation.accounts.models import User

# --- Getting in -------------------------------------------------------------------


class AccountAuthView(PrivatePageMixin, FormView):
    template_name = "oscar/customer/login_registration.html"
    form_class = EmailAuthenticationForm
    page_title = gettext_lazy("Log in")

    def get(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return redirect("customer:summary")
        return super().get(request, *args, **kwargs)

    def get_initial(self):
        return {"redirect_url": self.request.GET.get("next", "")}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "request": self.request,
            "host": self.request.get_host(),
        }

    def form_valid(self, form):
        auth_login(self.request, form.get_user())
        return redirect(
            form.cleaned_data["redirect_url"] or reverse("customer:summary")
        )


class AccountRegistrationView(PrivatePageMixin, FormView):
    """The same answer whether or not the address has an account; the mail says which."""

    template_name = "oscar/customer/registration.html"
    form_class = EmailUserCreationForm
    page_title = gettext_lazy("Create an account")

    def get(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return redirect("customer:summary")
        return super().get(request, *args, **kwargs)

    def get_initial(self):
        return {"email": self.request.GET.get("email", "")}

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        account_mail_request(kind="register", email=email)
        return self.render_to_response(
            self.get_context_data(
                form=form, sent_to=email, page_title=_("Check your e-mail")
            )
        )


class PasswordResetConfirmView(PrivatePageMixin, auth_views.PasswordResetConfirmView):
    """Where a mailed link sets a password: of a new account, or of one that forgot it.

    Also for who is logged in, so that the link works in the browser that requested it.
    """

    template_name = "oscar/registration/password_reset_confirm.html"

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def get_context_data(self, **kwargs):
        title = _("Choose a password") if self.validlink else _("This link has expired")
        return super().get_context_data(
            page_title=title, account=self.user if self.validlink else None, **kwargs
        )

    def form_valid(self, form):
        user = form.save(commit=False)
        try:
            joined = password_choose(user=user)
        except LinkError as error:
            messages.error(self.request, str(error))
            return redirect("password-reset")
        auth_login(self.request, user)
        messages.success(
            self.request,
            _("Your new password is saved and you are logged in.")
            + " "
            + _("All other sessions of your account have ended."),
        )
        joined_message(self.request, joined)
        return redirect("wagtailadmin_home" if user.is_staff else "customer:summary")


def joined_message(request: HttpRequest, joined: int) -> None:
    """Say how many guest orders a proven address has brought into the account."""
    if joined:
        messages.success(
            request,
            ngettext(
                "%(count)d order that you placed as a guest is now in your account.",
                "%(count)d orders that you placed as a guest are now in your account.",
                joined,
            )
            % {"count": joined},
        )


class LogoutView(PrivatePageMixin, TemplateView):
    """Asks on GET, so that no picture or prefetch logs anybody out."""

    template_name = "oscar/customer/logout.html"
    page_title = gettext_lazy("Log out")

    def post(self, request, *args, **kwargs):
        auth_logout(request)
        return redirect("home")


class EmailVerifySendView(AccountPageMixin, View):
    """Mails the link that verifies the address: the one that sets a password."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if self.person.email_verified_at is None:
            account_mail_request(kind="register", email=self.person.email)
        messages.info(
            request,
            _(
                "We have sent a link to your address, unless we did so in the last ten "
                "minutes."
            ),
        )
        return redirect("customer:profile-view")


# --- Overview and profile ---------------------------------------------------------


class AccountSummaryView(AccountPageMixin, TemplateView):
    template_name = "oscar/customer/summary.html"
    active_tab = "summary"
    page_title = gettext_lazy("Your account")

    def get_context_data(self, **kwargs):
        orders = Order.objects.filter(user=self.request.user)
        return super().get_context_data(orders=orders[:3], **kwargs)


class ProfileView(AccountPageMixin, TemplateView):
    template_name = "oscar/customer/profile/profile.html"
    active_tab = "profile"
    page_title = gettext_lazy("Profile")


class ProfileFormView(AccountPageMixin, FormView):
    """A form about the person; ``done`` is what they are told afterwards."""

    template_name = "oscar/customer/profile/profile_form.html"
    active_tab = "profile"
    success_url = reverse_lazy("customer:profile-view")
    submit_label = gettext_lazy("Save")
    done = gettext_lazy("Saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(submit_label=self.submit_label, **kwargs)

    def form_valid(self, form):
        self.save(form)
        messages.success(self.request, self.done)
        return redirect(self.success_url)

    def save(self, form):
        form.save()


class ProfileUpdateView(ProfileFormView):
    form_class = ProfileForm
    page_title = gettext_lazy("Your name")


class EmailChangeView(ProfileFormView):
    """The same answer whether or not the new address has an account."""

    form_class = ChangeEmailForm
    page_title = gettext_lazy("Change e-mail address")
    submit_label = gettext_lazy("Send link")
    done = gettext_lazy(
        "Your address has not changed yet. Open the link that we have sent to the new "
        "address. We send at most one in ten minutes."
    )

    def save(self, form):
        email_change_request(user=self.person, email=form.cleaned_data["email"])


class EmailChangeConfirmView(ProfileFormView):
    """Where the link in the new mailbox leads. It takes the log-in and the password too."""

    template_name = "oscar/customer/profile/email_confirm.html"
    form_class = ConfirmPasswordForm
    page_title = gettext_lazy("Confirm your new e-mail address")
    submit_label = gettext_lazy("Change e-mail address")
    done = gettext_lazy(
        "Your e-mail address has changed. All other sessions of your account have ended."
    )

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            try:
                self.email = email_of_change_token(
                    user=self.person, token=kwargs["token"]
                )
            except LinkError as error:
                messages.error(request, str(error))
                return redirect("customer:change-email")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(email=self.email, **kwargs)

    def form_valid(self, form):
        try:
            joined = email_change(user=self.person, email=self.email)
        except LinkError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        update_session_auth_hash(self.request, self.person)
        messages.success(self.request, self.done)
        joined_message(self.request, joined)
        return redirect(self.success_url)


class ChangePasswordView(ProfileFormView):
    form_class = PasswordChangeForm
    page_title = gettext_lazy("Change password")
    done = gettext_lazy("Your password has been changed.")

    def save(self, form):
        form.save()
        update_session_auth_hash(self.request, self.person)
        account_mail_enqueue(user=self.person, kind="password_changed")


class ProfileDeleteView(ProfileFormView):
    template_name = "oscar/customer/profile/profile_delete.html"
    form_class = ConfirmPasswordForm
    page_title = gettext_lazy("Delete your account")
    success_url = reverse_lazy("home")
    done = gettext_lazy("Your account is deleted. Thank you for having been here.")

    def save(self, form):
        account_delete(user=User.objects.get(pk=self.person.pk))
        auth_logout(self.request)


# --- Orders -----------------------------------------------------------------------


class OrderHistoryView(AccountPageMixin, ListView):
    template_name = "oscar/customer/order/order_list.html"
    context_object_name = "orders"
    active_tab = "orders"
    page_title = gettext_lazy("Your orders")
    paginate_by = 20

    def get_queryset(self):
        orders = Order.objects.filter(user=self.request.user)
        number = self.request.GET.get("order_number", "").strip()
        if number:
            orders = orders.filter(number__contains=order_number_normalise(number))
        return orders


def order_rows() -> QuerySet[Order]:
    """Orders with what their pages show: three queries."""
    orders = Order.objects.select_related("shipping_address", "billing_address")
    return orders.prefetch_related("lines", "sources")


def order_context(order: Order, request) -> dict:
    """What the pages of an order show of it."""
    return {
        "order": order,
        "summary": order_summary(
            order=order, tax_mode=request.strategy.context.tax_mode
        ),
        "shipping_lines": address_lines(order.shipping_address),
        "billing_lines": address_lines(order.billing_address),
        "shipments": order.shipping_events.select_related(
            "event_type"
        ).prefetch_related("line_quantities__line"),
    }


def order_again(request: HttpRequest, lines: QuerySet[Line]) -> None:
    """Put what was ordered into the basket at today's price; say what can't be had."""
    for line in lines.select_related(
        "product__product_class", "product__parent__product_class"
    ).prefetch_related("attributes__option"):
        if line.product is None:
            messages.warning(request, _("“%(title)s” is gone.") % {"title": line.title})
            continue
        try:
            basket_add(
                basket=request.basket,
                product=line.product,
                quantity=line.quantity,
                options=choices_as_typed(line.choices),
            )
        except BasketError as error:
            messages.warning(request, str(error))


class OrderDetailView(AccountPageMixin, TemplateView):
    """One of the person's own orders; posting it fills the basket with it again."""

    template_name = "oscar/customer/order/order_detail.html"
    active_tab = "orders"

    def get_object(self) -> Order:
        orders = order_rows()
        return get_object_or_404(
            orders, user=self.request.user, number=self.kwargs["order_number"]
        )

    def get_context_data(self, **kwargs):
        order = self.get_object()
        return super().get_context_data(
            **{
                "page_title": _("Order %(number)s") % {"number": order.number},
                "lines": order.lines.all(),
            }
            | order_context(order, self.request)
            | kwargs
        )

    def post(self, request, *args, **kwargs):
        order_again(request, self.get_object().lines.all())
        return redirect("basket:summary")


class OrderLineView(AccountPageMixin, RedirectView):
    """One line of an order: shown on the order's page, put into the basket again by a POST."""

    def get_redirect_url(self, *args, **kwargs):
        return reverse("customer:order", args=[kwargs["order_number"]])

    def post(self, request, *args, **kwargs):
        line = get_object_or_404(
            Line,
            pk=kwargs["line_id"],
            order__number=kwargs["order_number"],
            order__user=request.user,
        )
        order_again(request, Line.objects.filter(pk=line.pk))
        return redirect("basket:summary")


class AnonymousOrderDetailView(PrivatePageMixin, TemplateView):
    """An order for whoever holds the signed link of its mail; any other link is a 404."""

    template_name = "oscar/customer/anon_order.html"

    def get_context_data(self, **kwargs):
        orders = order_rows()
        order = orders.filter(number=self.kwargs["order_number"]).first()
        if order is None or not order.check_verification_hash(self.kwargs["hash"]):
            raise Http404
        return super().get_context_data(
            **{"page_title": _("Order %(number)s") % {"number": order.number}}
            | order_context(order, self.request)
            | kwargs
        )


class AnonymousOrderFormView(RedirectView):
    """Oscar's address of a form that asks for the e-mail: the link alone is enough here."""

    pattern_name = "customer:anon-order"


# --- Addresses --------------------------------------------------------------------


class AddressListView(AccountPageMixin, ListView):
    template_name = "oscar/customer/address/address_list.html"
    context_object_name = "addresses"
    active_tab = "addresses"
    page_title = gettext_lazy("Your addresses")

    def get_queryset(self):
        return UserAddress.objects.filter(user=self.request.user).select_related(
            "country"
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["addresses"] = [
            (address, address_lines(address)) for address in context["addresses"]
        ]
        return context


class AddressFormMixin(AccountPageMixin):
    model = UserAddress
    form_class = UserAddressForm
    template_name = "oscar/customer/address/address_form.html"
    active_tab = "addresses"
    success_url = reverse_lazy("customer:address-list")

    def get_queryset(self):
        return UserAddress.objects.filter(user=self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def post(self, request, *args, **kwargs):
        if "change_country" in request.POST:
            self.object = self.get_object() if kwargs else None
            form = self.get_form().for_other_country()
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        messages.success(self.request, _("The address is kept."))
        return super().form_valid(form)


class AddressCreateView(AddressFormMixin, CreateView):
    page_title = gettext_lazy("New address")


class AddressUpdateView(AddressFormMixin, UpdateView):
    page_title = gettext_lazy("Change address")


class AddressDeleteView(AccountPageMixin, DeleteView):
    template_name = "oscar/customer/address/address_delete.html"
    active_tab = "addresses"
    page_title = gettext_lazy("Delete this address?")
    success_url = reverse_lazy("customer:address-list")

    def get_queryset(self):
        return UserAddress.objects.filter(user=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(lines=address_lines(self.object), **kwargs)


class AddressChangeStatusView(AccountPageMixin, View):
    """Makes an address the usual one (Oscar 4.2 does this on GET)."""

    http_method_names = ["post"]

    def post(self, request, pk, action, **kwargs) -> HttpResponse:
        address = get_object_or_404(UserAddress, user=request.user, pk=pk)
        if action == "default_for_shipping" and not address.country.is_shipping_country:
            messages.error(request, _("We do not deliver to this country."))
        else:
            setattr(address, f"is_{action}", True)
            address.save()
        return redirect("customer:address-list")
