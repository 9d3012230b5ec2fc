"""The condition builder: a form and the definition that it stands for, both ways. The server alone knows how they belong together."""
