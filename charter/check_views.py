"""The page where anybody checks a signature, the published certificates, and the charter as a PDF (C12)."""

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from charter.check_forms import CheckForm
from charter.check_pages import page_of
from charter.documents import charter_pdf
from charter.errors import SealUnreadableError
from charter.models import CharterText
from charter.sealing import Published, published
from charter.texts import text_sha256
from charter.uploads import MemoryOnlyUploadHandler, is_announced_too_large
from charter.verification import verify_document, verify_reference
from core.limits.limits import limited

_A_DAY = 24 * 60 * 60


# The upload handler must be in place before anything reads the POST, and Django's check of the token reads it:
# so the check is put inside. The form is checked like every other.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@limited("charter_check_ip")
def charter_check(request: HttpRequest) -> HttpResponse:
    """Show the form; answer for what was sent, on the same page. Nothing of it is stored."""
    if request.method != "POST":
        return _page(request, CheckForm(initial={"reference": request.GET.get("reference", "")[:20]}))
    if is_announced_too_large(request):
        return _page(request, CheckForm(), is_too_large=True)
    handler = MemoryOnlyUploadHandler(request)
    request.upload_handlers = [handler]
    return _answer(request, handler)


@csrf_protect
@sensitive_variables()
def _answer(request: HttpRequest, handler: MemoryOnlyUploadHandler) -> HttpResponse:
    form = CheckForm(request.POST, request.FILES)
    if handler.is_too_large:
        return _page(request, CheckForm(), is_too_large=True)
    if not form.is_valid():
        return _page(request, form)
    document, reference = form.cleaned_data["document"], form.cleaned_data["reference"]
    now = timezone.now()
    if document is not None:
        answer = verify_document(document.read(), now=now, expected_reference=reference)
    else:
        answer = verify_reference(reference, now=now)
    return _page(request, CheckForm(), result=page_of(answer), code=str(answer.verdict))


def _page(
    request: HttpRequest,
    form: CheckForm,
    *,
    result: object = None,
    code: str = "",
    is_too_large: bool = False,
) -> HttpResponse:
    try:
        known = published()
    except SealUnreadableError:
        # The operator hears of it elsewhere (check --deploy, the watch of the seal): visitors get the page.
        known = Published()
    return render(
        request,
        "charter/check.html",
        {
            "form": form,
            "result": result,
            "code": code,
            "is_too_large": is_too_large,
            "roots": known.roots,
            "seals": known.seals,
        },
        status=413 if is_too_large else 200,
    )


@require_safe
def charter_roots(request: HttpRequest) -> HttpResponse:
    """Send the roots that others install, as PEM; former ones too."""
    return _pem("rodcertifikater.pem", "".join(one.pem for one in published().roots))


@require_safe
def charter_certificates(request: HttpRequest) -> HttpResponse:
    """Send every published certificate as PEM: roots, issuing ones, and all seals, former ones too."""
    known = published()
    return _pem(
        "certifikater.pem", "".join(one.pem for one in (*known.roots, *known.intermediates, *known.seals))
    )


def _pem(filename: str, text: str) -> HttpResponse:
    if not text:
        raise Http404
    return HttpResponse(
        text,
        content_type="application/x-pem-file",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


@require_safe
@limited("charter_check_ip", methods=("GET",))
def charter_text_document(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """Send a published version of the charter as a PDF, to read before signing."""
    text = get_object_or_404(
        CharterText.objects.select_related("version").exclude(version__published_at=None),
        version__number=number,
        language=language,
    )
    key = f"charter.text_document:{text_sha256(text)}:{text.version.required_from}"
    document: bytes | None = cache.get(key)
    if document is None:
        document = charter_pdf(text)
        cache.set(key, document, _A_DAY)
    return HttpResponse(
        document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="charter-{number}-{language}.pdf"'},
    )
