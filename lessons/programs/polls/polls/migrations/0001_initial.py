"""Makes the tables, and fills them."""

from django.db import migrations, models

QUESTIONS = {
    'Cats or dogs?': ['cats', 'dogs'],
    'Tea or coffee?': ['tea', 'coffee'],
    'Tabs or spaces?': ['tabs', 'spaces'],
    'Does Tatis Jr have an error today?': ['yes', 'no'],
    'Django or Flask?': ['Django', 'Flask'],
    'Sea or mountains?': ['sea', 'mountains'],
}


def fill(apps, schema_editor):
    question, choice = apps.get_model('polls', 'Question'), apps.get_model('polls', 'Choice')
    for text, choices in QUESTIONS.items():
        asked = question.objects.create(text=text)
        for each in choices:
            choice.objects.create(question=asked, text=each)


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.AutoField(primary_key=True)),
                ('text', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.AutoField(primary_key=True)),
                ('question', models.ForeignKey('polls.Question', on_delete=models.CASCADE)),
                ('text', models.CharField(max_length=200)),
                ('votes', models.IntegerField(default=0)),
            ],
        ),
        migrations.RunPython(fill),
    ]
