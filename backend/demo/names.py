"""Invented names for the population: given names by how old their bearers tend to be, and family names."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


YOUNG = _words("""
    Adam Agathe Alba Amir Anaïs Apolline Aya Basile Capucine Célestin Chloé Côme Diane Éden Elio
    Éloïse Emma Éthan Gabin Giulia Hugo Ibrahim Inaya Iris Ismaël Jade Jeanne Jules Kaïs Léo Léonie
    Lina Liv Louise Lucas Maël Maëlys Malo Manon Mia Milo Mohamed Naël Nina Noa Olivia Oscar Paul
    Pénélope Rayan Romane Rose Sacha Salomé Sami Simon Sohan Soline Théa Tiago Valentin Victor
    Wassim Yanis Zélie Zoé
""")
GROWN = _words("""
    Adrien Aïcha Alexandre Alice Amandine Anthony Antoine Aurélie Bastien Benoît Bilal Carine
    Caroline Cédric Céline Charlotte Christelle Clément Damien David Delphine Élodie Émilie Fabien
    Fanny Fatima Florian Gaëlle Guillaume Hakim Hind Isabelle Jérôme Jonathan Julie Julien Karim
    Karine Laetitia Laurent Leïla Ludovic Magali Marie Marion Mathieu Mélanie Mickaël Morgane Nadège
    Nicolas Olivier Pauline Quentin Rachid Romain Samia Sandrine Sébastien Séverine Sonia Stéphanie
    Thomas Tristan Vanessa Vincent Virginie Xavier Yasmine
""")
OLD = _words("""
    Abdel Alain André Annie Bernadette Bernard Brigitte Catherine Christian Christiane Claude
    Colette Daniel Danielle Denise Dominique Élisabeth Fatma Françoise Georges Gérard Ginette Guy
    Henri Huguette Jacqueline Jacques Jeannine Josette Lucien Madeleine Marcel Marie-Thérèse Michel
    Mireille Monique Nicole Odette Paulette Pierre Raymond René Robert Roger Simone Solange Suzanne
    Thérèse Yves Yvette
""")
FAMILY = _words("""
    Abadie Achour Albertini Allard Amrani Arnoux Aubin Auger Bacha Baptista Barbet Baudry Bellec
    Benali Berthod Besson Billard Blanchet Bocquet Boissel Bouvet Brossard Cadet Cardoso Carlier
    Castel Chabert Champion Chapuis Charpin Chauvet Cissé Collet Combe Cordier Coste Coulon Courtin
    Da-Silva Dahan Dauphin Delorme Descombes Diallo Diop Drouet Dufour Dumas Durieux Escoffier
    Faivre Faure Fayolle Ferrand Fontanel Fournel Fraisse Garnaud Gauthey Gonin Goyet Grangier
    Guérin Guichard Haddad Hamel Hébrard Heritier Hoang Jacquier Janvier Jolivet Kaci Keller Kone
    Labbé Lacombe Lafont Laurier Le-Goff Leclair Lefort Lorrain Magnin Mansouri Marchal Maréchal
    Martel Mazoyer Mercadier Meunier Monnet Montagne Morand Moulin Nguyen Noblet Olivier Oudin
    Pardon Pascal Péchoux Peyron Philibert Pinto Poncet Poulain Prost Quentin Rambaud Raynal Ribeiro
    Rivoire Rochet Rolland Rousset Saïdi Salomon Sauvage Seguin Sylla Tardy Teyssier Thévenet Tissot
    Tournier Traoré Vacher Valette Vasseur Verdier Veyrat Vialle Vuillermoz Weiss Yildirim Zanetti
    Zeller
""")
