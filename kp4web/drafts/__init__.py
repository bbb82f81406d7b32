"""What is typed and not sent yet, and which forms were sent: nothing lost, nothing twice."""
