"""The views: each writes the answer to one request."""

from django.shortcuts import get_object_or_404, render

from .models import Question


def index(request):
    questions = Question.objects.order_by('id')
    return render(request, 'polls/index.html', {'questions': questions})


def detail(request, question_id):
    question = get_object_or_404(Question, pk=question_id)
    return render(request, 'polls/detail.html', {'question': question})
