from torchvision.models import resnet18


def resnet():
    return resnet18(num_classes=10)
