from django import forms


class SignForm(forms.Form):
    name = forms.CharField(max_length=20)
    words = forms.CharField(required=False, widget=forms.Textarea)
