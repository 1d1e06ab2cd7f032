"""What the site remembers: questions, and the choices of each."""

from django.db import models


class Question(models.Model):
    text = models.CharField(max_length=200)


class Choice(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE)
    text = models.CharField(max_length=200)
    votes = models.IntegerField(default=0)
