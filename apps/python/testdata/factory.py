from found import create_app
